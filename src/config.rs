//! Settings from flags and environment.
//!
//! Every flag of `serve` has a variable `PASSROLE_<FLAG>`; a flag wins. Knows what the flags mean, not what is done with
//! them. INVARIANT: what comes out of [`ServeFlags::settings`] is complete; nothing below reads the environment.

use std::ffi::OsString;
use std::net::{SocketAddr, ToSocketAddrs};
use std::path::PathBuf;

use clap::Args;
use clap::builder::FalseyValueParser;

use crate::account::AccountId;
use crate::secret::Secret;
use crate::settings::{
    Enforcement, Pace, Preflight, RequestOrigin, Resources, SecureTransport, Settings, StoreLocation,
};

/// The variable that lists world files, parted like the entries of `PATH`.
const WORLD_VARIABLE: &str = "PASSROLE_WORLD";

/// A combination of flags that makes no sense.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A store cannot be both temporary and kept.
    #[error("`--ephemeral` (PASSROLE_EPHEMERAL) excludes `--data-dir` (PASSROLE_DATA_DIR); give one of them")]
    EphemeralDataDirectory,
}

/// The flags of `passrole serve`.
#[derive(Debug, Clone, Args)]
pub struct ServeFlags {
    /// Address to listen on; port 0 picks a free port
    #[arg(long, value_name = "ADDR", env = "PASSROLE_LISTEN", default_value = "127.0.0.1:4566", value_parser = address)]
    listen: SocketAddr,

    /// Directory of the store, kept across restarts [default: .passrole]
    #[arg(long, value_name = "DIR", env = "PASSROLE_DATA_DIR")]
    data_dir: Option<PathBuf>,

    /// Keep the store in a temporary directory, gone at exit; excludes --data-dir
    #[arg(long, env = "PASSROLE_EPHEMERAL", value_parser = FalseyValueParser::new())]
    ephemeral: bool,

    /// World file to load into a new store; repeatable [env: PASSROLE_WORLD, several parted like PATH]
    #[arg(long = "world", value_name = "FILE")]
    worlds: Vec<PathBuf>,

    /// The default account
    #[arg(long, value_name = "ID", env = "PASSROLE_ACCOUNT_ID", default_value = "000000000000")]
    account_id: AccountId,

    /// Region where a request names none
    #[arg(long, value_name = "NAME", env = "PASSROLE_REGION", default_value = "us-east-1", value_parser = region)]
    region: String,

    /// Access key id of the default account's root user
    #[arg(long, value_name = "ID", env = "PASSROLE_ROOT_ACCESS_KEY_ID", default_value = "test", value_parser = key_id)]
    root_access_key_id: String,

    /// Secret of the root user, and of every account's root user by its account id as access key id
    #[arg(
        long,
        value_name = "SECRET",
        env = "PASSROLE_ROOT_SECRET_ACCESS_KEY",
        default_value = "test",
        hide_env_values = true,
        value_parser = secret
    )]
    root_secret_access_key: Secret,

    /// enforce: a denied request is refused; observe: it goes through and is recorded; off: no policy is evaluated
    #[arg(long, value_name = "MODE", env = "PASSROLE_ENFORCEMENT", default_value = "enforce")]
    enforcement: Enforcement,

    /// strict: what the world does not hold does not exist; assume: it does, without a policy of its own
    #[arg(long, value_name = "MODE", env = "PASSROLE_RESOURCES", default_value = "strict")]
    resources: Resources,

    /// strict: all that the execution role needs is checked at the create; aws: only what AWS checks there
    #[arg(long, value_name = "MODE", env = "PASSROLE_PREFLIGHT", default_value = "strict")]
    preflight: Preflight,

    /// instant: resources settle at once; real: by the wall clock; manual: by the control API
    #[arg(long, value_name = "PACE", env = "PASSROLE_PACE", default_value = "instant")]
    pace: Pace,

    /// as-tls: `aws:SecureTransport` is true, as the same call to AWS would have it; as-is: false, for plain HTTP
    #[arg(long, value_name = "MODE", env = "PASSROLE_SECURE_TRANSPORT", default_value = "as-tls")]
    secure_transport: SecureTransport,

    /// peer: `aws:SourceIp` is the connection's address; headers: X-Passrole-Source-Ip, or X-Passrole-Source-Vpce,
    /// -Source-Vpc and -Vpc-Source-Ip for a call through a VPC endpoint, tell where a request comes from
    #[arg(long, value_name = "MODE", env = "PASSROLE_REQUEST_ORIGIN", default_value = "peer")]
    request_origin: RequestOrigin,
}

impl ServeFlags {
    /// The settings that flags and environment amount to.
    ///
    /// # Errors
    /// [`Error`] where they contradict each other.
    pub fn settings(self) -> Result<Settings, Error> {
        self.settings_in(std::env::var_os(WORLD_VARIABLE))
    }

    fn settings_in(self, world_variable: Option<OsString>) -> Result<Settings, Error> {
        let store = match (self.ephemeral, self.data_dir) {
            (true, Some(_)) => return Err(Error::EphemeralDataDirectory),
            (true, None) => StoreLocation::Ephemeral,
            (false, directory) => StoreLocation::Directory(directory.unwrap_or_else(|| PathBuf::from(".passrole"))),
        };
        let mut worlds = self.worlds;
        if worlds.is_empty() {
            let listed = world_variable.unwrap_or_default();
            worlds.extend(std::env::split_paths(&listed).filter(|path| !path.as_os_str().is_empty()));
        }
        Ok(Settings {
            listen: self.listen,
            store,
            worlds,
            built_in_world: None,
            account: self.account_id,
            region: self.region,
            root_access_key_id: self.root_access_key_id,
            root_secret_access_key: self.root_secret_access_key,
            enforcement: self.enforcement,
            resources: self.resources,
            preflight: self.preflight,
            pace: self.pace,
            secure_transport: self.secure_transport,
            request_origin: self.request_origin,
        })
    }
}

/// What is in force, in plain words: the first thing that the log says.
pub fn in_force(settings: &Settings) -> String {
    let enforcement = match settings.enforcement {
        Enforcement::Enforce => "IAM is enforced, a denied request is refused",
        Enforcement::Observe => "IAM is OBSERVED ONLY, a denied request goes through and is recorded as denied",
        Enforcement::Off => {
            "IAM is OFF, no policy is evaluated and roles need not exist (signatures still are verified)"
        }
    };
    let preflight = match settings.preflight {
        Preflight::Strict => "everything the execution role will need is checked before a create is accepted",
        Preflight::Aws => "only what AWS checks inside the create call is checked then, the rest fails the job later",
    };
    let resources = match settings.resources {
        Resources::Strict => "what the world does not hold does not exist",
        Resources::Assume => "what the world does not hold is ASSUMED TO EXIST without a policy of its own",
    };
    let pace = match settings.pace {
        Pace::Instant => "new resources settle at once",
        Pace::Real => "life cycles follow the wall clock",
        Pace::Manual => "life cycles stand still until the clock is advanced",
    };
    let store = match &settings.store {
        StoreLocation::Directory(directory) => format!("`{}`", directory.display()),
        StoreLocation::Ephemeral => "temporary, gone at exit".to_owned(),
    };
    let transport = match settings.secure_transport {
        SecureTransport::AsTls => "",
        SecureTransport::AsIs => "; aws:SecureTransport is FALSE, as the endpoint speaks plain HTTP",
    };
    let origin = match settings.request_origin {
        RequestOrigin::Peer => "",
        RequestOrigin::Headers => "; requests TELL BY HEADERS which address and VPC they come from",
    };
    format!(
        "enforcement {}: {enforcement}; preflight {}: {preflight}; resources {}: {resources}; pace {}: {pace}{transport}{origin}; \
         store: {store}; default account: {}; region: {}; root access key id: `{}`",
        settings.enforcement,
        settings.preflight,
        settings.resources,
        settings.pace,
        settings.account,
        settings.region,
        settings.root_access_key_id
    )
}

fn address(text: &str) -> Result<SocketAddr, String> {
    if let Ok(address) = text.parse() {
        return Ok(address);
    }
    let mut found = text.to_socket_addrs().map_err(|error| format!("not an address `HOST:PORT`: {error}"))?;
    found.next().ok_or_else(|| "the name has no address".to_owned())
}

fn region(text: &str) -> Result<String, String> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if text.is_empty() || text.len() > 32 || !text.bytes().all(plain) {
        return Err("not a region name such as `us-east-1`".to_owned());
    }
    Ok(text.to_owned())
}

fn key_id(text: &str) -> Result<String, String> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
    if text.is_empty() || text.len() > 128 || !text.bytes().all(plain) {
        return Err("an access key id is made of letters, digits, `_`, `-` and `.`".to_owned());
    }
    Ok(text.to_owned())
}

#[expect(clippy::unnecessary_wraps, reason = "the form that clap asks of a parser")]
fn secret(text: &str) -> Result<Secret, std::convert::Infallible> {
    Ok(Secret::new(text))
}

#[cfg(test)]
mod tests;
