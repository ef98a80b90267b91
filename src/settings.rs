//! What is in force while the endpoint runs: the choices that the command line offers, as plain values.
//!
//! Knows neither the command line nor the environment; `config` makes these from them.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;

use crate::account::AccountId;
use crate::secret::Secret;

/// A text that names none of a setting's choices.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is none of {choices}")]
pub struct UnknownChoice {
    given: String,
    choices: &'static str,
}

macro_rules! choice {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal),+ $(,)? } $choices:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$variant_doc])* $variant),+
        }

        impl FromStr for $name {
            type Err = UnknownChoice;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($text => Ok($name::$variant),)+
                    _ => Err(UnknownChoice { given: text.to_owned(), choices: $choices }),
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self { $($name::$variant => $text),+ })
            }
        }
    };
}

choice! {
    /// Whether IAM's verdicts count.
    Enforcement {
        /// A denied request is refused.
        Enforce = "enforce",
        /// A denied request goes through and is recorded as denied.
        Observe = "observe",
        /// No IAM policy is evaluated; signatures still are verified.
        Off = "off",
    } "enforce, observe, off"
}

choice! {
    /// What a bucket, image, key, subnet or security group is that the world does not hold.
    Resources {
        /// It does not exist.
        Strict = "strict",
        /// It exists, without a policy of its own.
        Assume = "assume",
    } "strict, assume"
}

choice! {
    /// When the execution role's permissions are checked.
    Preflight {
        /// All of them before the create is accepted.
        Strict = "strict",
        /// What AWS checks inside the create call then; the rest when the job would reach it.
        Aws = "aws",
    } "strict, aws"
}

choice! {
    /// How life cycles move.
    Pace {
        /// A resource has settled by the time that its create call is answered.
        Instant = "instant",
        /// By the wall clock.
        Real = "real",
        /// Only when the clock is advanced by the control API.
        Manual = "manual",
    } "instant, real, manual"
}

choice! {
    /// What `aws:SecureTransport` tells.
    SecureTransport {
        /// True: the same call to AWS would travel over TLS.
        AsTls = "as-tls",
        /// What this endpoint speaks: plain HTTP, and so false.
        AsIs = "as-is",
    } "as-tls, as-is"
}

choice! {
    /// What tells the address, the VPC and the VPC endpoint that a request comes from.
    RequestOrigin {
        /// The connection: an address, and no VPC.
        Peer = "peer",
        /// The request's own `X-Passrole-…` headers, where it has them.
        Headers = "headers",
    } "peer, headers"
}

/// Where the store is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreLocation {
    /// A directory that outlives the process.
    Directory(PathBuf),
    /// A temporary directory that is removed at exit.
    Ephemeral,
}

/// Everything that `passrole serve` was told.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The address to listen on; port 0 picks a free port.
    pub listen: SocketAddr,
    /// Where the store is kept.
    pub store: StoreLocation,
    /// World files to load into a new store.
    pub worlds: Vec<PathBuf>,
    /// The text of a world file that needs no file, loaded before the others.
    pub built_in_world: Option<&'static str>,
    /// The default account.
    pub account: AccountId,
    /// The region where a request names none.
    pub region: String,
    /// The default account's root user's access key id.
    pub root_access_key_id: String,
    /// Its secret, and the secret of every account's root user by account id.
    pub root_secret_access_key: Secret,
    /// Whether IAM's verdicts count.
    pub enforcement: Enforcement,
    /// What an unknown resource is.
    pub resources: Resources,
    /// When the execution role is checked.
    pub preflight: Preflight,
    /// How life cycles move.
    pub pace: Pace,
    /// What `aws:SecureTransport` tells.
    pub secure_transport: SecureTransport,
    /// What tells where a request comes from.
    pub request_origin: RequestOrigin,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            listen: SocketAddr::from(([127, 0, 0, 1], 4566)),
            store: StoreLocation::Directory(PathBuf::from(".passrole")),
            worlds: Vec::new(),
            built_in_world: None,
            account: AccountId::ZERO,
            region: "us-east-1".to_owned(),
            root_access_key_id: "test".to_owned(),
            root_secret_access_key: Secret::new("test"),
            enforcement: Enforcement::Enforce,
            resources: Resources::Strict,
            preflight: Preflight::Strict,
            pace: Pace::Instant,
            secure_transport: SecureTransport::AsTls,
            request_origin: RequestOrigin::Peer,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_read_and_print_alike() {
        for text in ["enforce", "observe", "off"] {
            assert_eq!(text.parse::<Enforcement>().unwrap().to_string(), text);
        }
        assert_eq!(
            "Enforce".parse::<Enforcement>().unwrap_err().to_string(),
            "`Enforce` is none of enforce, observe, off"
        );
    }
}
