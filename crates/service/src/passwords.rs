//! Passwords: argon2id behind a limit on how many are hashed at once, and zxcvbn's judgement of how soon one is guessed.

use argon2::{
    Argon2,
    password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash},
};
use domain::{
    account::{PASSWORD_MAX, PASSWORD_MIN, PasswordStrength},
    failure::Failure,
};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// One hash takes some 20 MB and a core for a while: this many at once, the rest wait.
const AT_ONCE: usize = 2;

/// The hash of no password: verified against where there is no account, so that both answers take as long.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$cm9sZWNhbGwtbm9ib2R5$5D8q4g0yJ0d8nmUrn+Oc1T0dXkR1m8jSwZbqv8n5Fhk";

#[derive(Clone, Debug)]
pub struct Passwords {
    turns: Arc<Semaphore>,
}

impl Default for Passwords {
    fn default() -> Self {
        Self { turns: Arc::new(Semaphore::new(AT_ONCE)) }
    }
}

impl Passwords {
    /// The PHC string to store.
    pub async fn hash(&self, password: &str, salt: [u8; 16]) -> Result<String, Failure> {
        let password = password.to_owned();
        self.run(move || {
            Argon2::default().hash_password_with_salt(password.as_bytes(), &salt).map(|hash: argon2::password_hash::phc::PasswordHash| hash.to_string()).ok()
        })
        .await?
        .ok_or_else(Failure::internal)
    }

    /// Whether the password is the stored one. Takes as long where nothing is stored.
    pub async fn verify(&self, password: &str, stored: Option<&str>) -> Result<bool, Failure> {
        // what could never have been set is not worth hashing
        if password.chars().count() > PASSWORD_MAX {
            return Ok(false);
        }
        let known = stored.is_some();
        let (password, stored) = (password.to_owned(), stored.unwrap_or(NOBODY).to_owned());
        let matches =
            self.run(move || PasswordHash::new(&stored).is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())).await?;
        Ok(known && matches)
    }

    /// How strong it is, knowing what else is known of the person.
    pub async fn strength(&self, password: &str, about: &[&str]) -> Result<PasswordStrength, Failure> {
        // zxcvbn's time grows with the length; what follows the first 100 characters can only make it stronger
        let password: String = password.chars().take(100).collect();
        let about: Vec<String> = about.iter().flat_map(|text| text.split(['@', '.', ' '])).filter(|word| word.len() > 2).map(str::to_lowercase).collect();
        self.run(move || {
            let about: Vec<&str> = about.iter().map(String::as_str).chain(["rolecall"]).collect();
            judge(&password, &about)
        })
        .await
    }

    /// Refuses a password too short, too long or too easily guessed, with what to do about it.
    pub async fn check(&self, password: &str, about: &[&str], field: &str) -> Result<(), Failure> {
        let length = password.chars().count();
        if length < PASSWORD_MIN {
            return Err(Failure::field(field, format_args!("the password has {length} characters; use at least {PASSWORD_MIN}")));
        }
        if length > PASSWORD_MAX {
            return Err(Failure::field(field, format_args!("the password has {length} characters; use at most {PASSWORD_MAX}")));
        }
        let strength = self.strength(password, about).await?;
        if strength.score < PasswordStrength::ENOUGH {
            return Err(Failure::field(field, format_args!("this password is guessed too easily. {}", strength.advice)));
        }
        Ok(())
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Failure> {
        let _turn = self.turns.acquire().await.map_err(|_| Failure::internal())?;
        tokio::task::spawn_blocking(work).await.map_err(|_| Failure::internal())
    }
}

fn judge(password: &str, about: &[&str]) -> PasswordStrength {
    let entropy = zxcvbn::zxcvbn(password, about);
    let score = u8::from(entropy.score());
    if password.chars().count() < PASSWORD_MIN {
        return PasswordStrength { score: score.min(1), advice: format!("Use at least {PASSWORD_MIN} characters.") };
    }
    if score >= PasswordStrength::ENOUGH {
        return PasswordStrength { score, advice: String::new() };
    }
    let feedback = entropy.feedback();
    let warning = feedback.and_then(zxcvbn::feedback::Feedback::warning).map(|warning| warning.to_string());
    let suggestion = feedback.and_then(|feedback| feedback.suggestions().first()).map(ToString::to_string);
    let words: Vec<String> = [warning, suggestion].into_iter().flatten().collect();
    let advice = if words.is_empty() { "Add another word or two; uncommon words are better.".to_owned() } else { words.join(" ") };
    PasswordStrength { score, advice }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_matches() {
        let passwords = Passwords::default();
        let stored = passwords.hash("correct horse battery", [7; 16]).await.unwrap();
        assert!(stored.starts_with("$argon2id$"));
        assert!(passwords.verify("correct horse battery", Some(&stored)).await.unwrap());
        assert!(!passwords.verify("correct horse batterY", Some(&stored)).await.unwrap());
        assert!(!passwords.verify("anything", None).await.unwrap());
    }

    #[test]
    fn the_hash_of_nobody_costs_as_much_as_a_real_one() {
        assert!(PasswordHash::new(NOBODY).is_ok());
    }

    #[tokio::test]
    async fn weak_passwords_are_refused_with_advice() {
        let passwords = Passwords::default();
        for weak in ["short", "password1", "amaraokafor", "12345678"] {
            let checked = passwords.check(weak, &["Amara Okafor", "amara.okafor@acme.test"], "password").await;
            let refused = checked.expect_err(weak);
            assert_eq!(refused.field.as_deref(), Some("password"), "{weak}");
        }
        assert!(passwords.check("vexing-lantern-orbit", &[], "password").await.is_ok());
        assert!(passwords.check(&"x".repeat(257), &[], "password").await.is_err());
    }
}
