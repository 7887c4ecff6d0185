//! The public keys that a provider lists (JSON Web Keys, RFC 7517), as far as they are of use here.

use crate::Refusal;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::signature::{self as with, RsaPublicKeyComponents, UnparsedPublicKey};
use serde::Deserialize;
use serde_json::Value;

/// How many keys a provider may list.
const MOST_KEYS: usize = 100;

#[derive(Debug)]
pub(super) struct Key {
    pub(super) id: Option<String>,
    algorithm: Option<String>,
    material: Material,
}

#[derive(Debug)]
enum Material {
    Rsa { n: Vec<u8>, e: Vec<u8> },
    P256(Vec<u8>),
    P384(Vec<u8>),
    Ed25519(Vec<u8>),
}

/// The algorithms of tokens that are accepted: those of public keys alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Algorithm {
    Rs256,
    Rs384,
    Rs512,
    Ps256,
    Ps384,
    Ps512,
    Es256,
    Es384,
    EdDsa,
}

#[derive(Deserialize)]
struct KeySet {
    keys: Vec<Value>,
}

#[derive(Deserialize)]
struct Written {
    kty: String,
    #[serde(rename = "use")]
    purpose: Option<String>,
    kid: Option<String>,
    alg: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

impl Key {
    /// Those of a list that are of use; others may stand beside them.
    pub(super) fn all(list: Value) -> Result<Vec<Self>, Refusal> {
        let set: KeySet = serde_json::from_value(list).map_err(|error| Refusal::malformed(format!("the provider's list of keys is none: {error}")))?;
        if set.keys.len() > MOST_KEYS {
            return Err(Refusal::TooLong);
        }
        Ok(set.keys.into_iter().filter_map(|key| Self::read(serde_json::from_value(key).ok()?)).collect())
    }

    fn read(key: Written) -> Option<Self> {
        if key.purpose.is_some_and(|purpose| purpose != "sig") {
            return None;
        }
        let bytes = |text: Option<String>| URL_SAFE_NO_PAD.decode(text?).ok();
        let point = |length: usize, x: Option<String>, y: Option<String>| {
            let (x, y) = (bytes(x)?, bytes(y)?);
            (x.len() == length && y.len() == length).then(|| [&[4], &x[..], &y[..]].concat())
        };
        let material = match (key.kty.as_str(), key.crv.as_deref()) {
            ("RSA", _) => Material::Rsa { n: bytes(key.n)?, e: bytes(key.e)? },
            ("EC", Some("P-256")) => Material::P256(point(32, key.x, key.y)?),
            ("EC", Some("P-384")) => Material::P384(point(48, key.x, key.y)?),
            ("OKP", Some("Ed25519")) => Material::Ed25519(bytes(key.x)?),
            _ => return None,
        };
        Some(Self { id: key.kid, algorithm: key.alg, material })
    }

    /// Whether the key can be one for that algorithm.
    pub(super) fn fits(&self, algorithm: Algorithm) -> bool {
        self.algorithm.as_deref().is_none_or(|name| Algorithm::named(name).is_ok_and(|own| own == algorithm)) && self.by(algorithm).is_some()
    }

    pub(super) fn has_signed(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        match (&self.material, self.by(algorithm)) {
            (Material::Rsa { n, e }, Some(By::Rsa(by))) => RsaPublicKeyComponents { n, e }.verify(by, message, signature).is_ok(),
            (Material::P256(key) | Material::P384(key) | Material::Ed25519(key), Some(By::Other(by))) => {
                UnparsedPublicKey::new(by, key).verify(message, signature).is_ok()
            }
            _ => false,
        }
    }

    fn by(&self, algorithm: Algorithm) -> Option<By> {
        match (&self.material, algorithm) {
            (Material::Rsa { .. }, Algorithm::Rs256) => Some(By::Rsa(&with::RSA_PKCS1_2048_8192_SHA256)),
            (Material::Rsa { .. }, Algorithm::Rs384) => Some(By::Rsa(&with::RSA_PKCS1_2048_8192_SHA384)),
            (Material::Rsa { .. }, Algorithm::Rs512) => Some(By::Rsa(&with::RSA_PKCS1_2048_8192_SHA512)),
            (Material::Rsa { .. }, Algorithm::Ps256) => Some(By::Rsa(&with::RSA_PSS_2048_8192_SHA256)),
            (Material::Rsa { .. }, Algorithm::Ps384) => Some(By::Rsa(&with::RSA_PSS_2048_8192_SHA384)),
            (Material::Rsa { .. }, Algorithm::Ps512) => Some(By::Rsa(&with::RSA_PSS_2048_8192_SHA512)),
            (Material::P256(_), Algorithm::Es256) => Some(By::Other(&with::ECDSA_P256_SHA256_FIXED)),
            (Material::P384(_), Algorithm::Es384) => Some(By::Other(&with::ECDSA_P384_SHA384_FIXED)),
            (Material::Ed25519(_), Algorithm::EdDsa) => Some(By::Other(&with::ED25519)),
            _ => None,
        }
    }
}

enum By {
    Rsa(&'static with::RsaParameters),
    Other(&'static dyn with::VerificationAlgorithm),
}

impl Algorithm {
    /// Refuses `none`, and all that a shared secret or a public key taken for one could have signed.
    pub(super) fn named(name: &str) -> Result<Self, Refusal> {
        match name {
            "RS256" => Ok(Self::Rs256),
            "RS384" => Ok(Self::Rs384),
            "RS512" => Ok(Self::Rs512),
            "PS256" => Ok(Self::Ps256),
            "PS384" => Ok(Self::Ps384),
            "PS512" => Ok(Self::Ps512),
            "ES256" => Ok(Self::Es256),
            "ES384" => Ok(Self::Es384),
            "EdDSA" => Ok(Self::EdDsa),
            other => Err(Refusal::WeakAlgorithm { found: format!("the algorithm `{other}`") }),
        }
    }

    /// The hash of the access token's hash in an ID token (OpenID Connect Core, 3.1.3.6); EdDSA's is SHA-512 for Ed25519.
    pub(super) fn hash(self) -> &'static ring::digest::Algorithm {
        match self {
            Self::Rs256 | Self::Ps256 | Self::Es256 => &ring::digest::SHA256,
            Self::Rs384 | Self::Ps384 | Self::Es384 => &ring::digest::SHA384,
            Self::Rs512 | Self::Ps512 | Self::EdDsa => &ring::digest::SHA512,
        }
    }
}
