//! What is counted thousands of times a second, by all threads at once: each adds to a place of its own, and they are summed when somebody reads
//! the metrics. One place for all would wander between the cores with each count, which takes longer than counting.

use prometheus_client::{
    encoding::{EncodeMetric, MetricEncoder, NoLabelSet},
    metrics::{MetricType, TypedMetric},
};
use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

/// More threads share them.
const PLACES: usize = 8;

/// How many limits a [`Timing`] has.
pub const LIMITS: usize = 10;

/// A count.
#[derive(Clone, Debug, Default)]
pub struct Tally(Arc<[Apart<AtomicU64>; PLACES]>);

/// How long something took, by limits in seconds.
#[derive(Clone, Debug)]
pub struct Timing {
    limits: &'static [f64; LIMITS],
    places: Arc<[Apart<Took>; PLACES]>,
}

/// How many took no longer than each limit and longer than the one before, and than all of them; and all together, in nanoseconds.
#[derive(Debug, Default)]
struct Took {
    times: [AtomicU64; LIMITS + 1],
    nanos: AtomicU64,
}

/// On lines of memory that hold nothing else.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Apart<T>(T);

/// The place of this thread.
fn mine() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    thread_local! {
        static MINE: usize = NEXT.fetch_add(1, Ordering::Relaxed) % PLACES;
    }
    // a thread that ends may count still
    MINE.try_with(|place| *place).unwrap_or(0)
}

impl Tally {
    pub fn inc(&self) {
        self.inc_by(1);
    }

    pub fn inc_by(&self, more: u64) {
        if more > 0 {
            self.0[mine()].0.fetch_add(more, Ordering::Relaxed);
        }
    }

    #[must_use]
    pub fn get(&self) -> u64 {
        self.0.iter().map(|place| place.0.load(Ordering::Relaxed)).sum()
    }
}

impl Timing {
    /// The limits grow.
    #[must_use]
    pub fn new(limits: &'static [f64; LIMITS]) -> Self {
        Self { limits, places: Arc::default() }
    }

    pub fn observe(&self, took: Duration) {
        let seconds = took.as_secs_f64();
        let limit = self.limits.iter().position(|limit| seconds <= *limit).unwrap_or(LIMITS);
        let place = &self.places[mine()].0;
        place.times[limit].fetch_add(1, Ordering::Relaxed);
        place.nanos.fetch_add(u64::try_from(took.as_nanos()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }
}

impl TypedMetric for Tally {
    const TYPE: MetricType = MetricType::Counter;
}

impl EncodeMetric for Tally {
    fn encode(&self, mut encoder: MetricEncoder<'_>) -> fmt::Result {
        encoder.encode_counter::<NoLabelSet, _, u64>(&self.get(), None)
    }

    fn metric_type(&self) -> MetricType {
        Self::TYPE
    }
}

impl TypedMetric for Timing {
    const TYPE: MetricType = MetricType::Histogram;
}

impl EncodeMetric for Timing {
    fn encode(&self, mut encoder: MetricEncoder<'_>) -> fmt::Result {
        let times = |limit: usize| self.places.iter().map(|place| place.0.times[limit].load(Ordering::Relaxed)).sum::<u64>();
        let limits = self.limits.iter().copied().chain([f64::INFINITY]);
        let buckets: Vec<(f64, u64)> = limits.enumerate().map(|(place, limit)| (limit, times(place))).collect();
        let count = buckets.iter().map(|(_, times)| times).sum();
        let sum = self.places.iter().map(|place| Duration::from_nanos(place.0.nanos.load(Ordering::Relaxed)).as_secs_f64()).sum();
        encoder.encode_histogram::<NoLabelSet>(sum, count, &buckets, None)
    }

    fn metric_type(&self) -> MetricType {
        Self::TYPE
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use prometheus_client::{
        encoding::prometheus_text::encode,
        metrics::{counter::Counter, histogram::Histogram},
        registry::Registry,
    };

    static LIMITS_OF_TEST: [f64; LIMITS] = [0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0];

    fn told(counted: impl EncodeMetric + fmt::Debug + Send + Sync + 'static, timed: impl EncodeMetric + fmt::Debug + Send + Sync + 'static) -> String {
        let mut registry = Registry::default();
        registry.register("counted", "Counted", counted);
        registry.register("timed", "Timed", timed);
        let mut text = String::new();
        encode(&mut text, &registry).unwrap();
        text
    }

    #[test]
    fn what_many_threads_count_is_told_as_one_count() {
        let (tally, timing) = (Tally::default(), Timing::new(&LIMITS_OF_TEST));
        let (counter, histogram): (Counter, Histogram) = (Counter::default(), Histogram::new(LIMITS_OF_TEST));
        let all = [0.0, 0.25, 0.375, 1.0, 3.0, 128.0, 129.0, 1_000.0];
        let (counted, timed) = (&tally, &timing);
        std::thread::scope(|scope| {
            for _ in 0..2 * PLACES {
                scope.spawn(move || {
                    for seconds in all {
                        counted.inc();
                        timed.observe(Duration::from_secs_f64(seconds));
                    }
                    counted.inc_by(0);
                });
            }
        });
        for seconds in all.into_iter().cycle().take(all.len() * 2 * PLACES) {
            counter.inc();
            histogram.observe(seconds);
        }
        assert_eq!(tally.get(), counter.get());
        assert_eq!(told(tally, timing), told(counter, histogram));
    }
}
