//! The first key's fingerprint is kept, whoever comes after.

use store::secret_key;
use testkit::{World, on_both};

on_both! {
    async fn the_first_is_kept_until_it_is_replaced(world: World) {
        let (one, other) = ([1; 32], [2; 32]);
        assert_eq!(secret_key::keep(&world.store, &one, world.now()).await.unwrap(), one);
        assert_eq!(secret_key::keep(&world.store, &other, world.now()).await.unwrap(), one);
        let there = world.other_node().await;
        assert_eq!(secret_key::keep(&there, &other, world.now()).await.unwrap(), one);
        secret_key::replace(&there, &other, world.now()).await.unwrap();
        assert_eq!(secret_key::keep(&world.store, &one, world.now()).await.unwrap(), other);
    }

    async fn of_nodes_that_start_together_one_is_first(world: World) {
        let (one, other, there) = ([1; 32], [2; 32], world.other_node().await);
        let (here, there) = tokio::join!(secret_key::keep(&world.store, &one, world.now()), secret_key::keep(&there, &other, world.now()));
        let (here, there) = (here.unwrap(), there.unwrap());
        assert!(here == there && [one, other].contains(&here));
    }
}
