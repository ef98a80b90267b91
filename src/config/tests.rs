use clap::Parser;

use super::*;

#[derive(Debug, Parser)]
struct Line {
    #[command(flatten)]
    flags: ServeFlags,
}

fn settings(arguments: &[&str], world_variable: Option<&str>) -> Result<Settings, String> {
    let line = Line::try_parse_from([&["serve"], arguments].concat()).map_err(|error| error.to_string())?;
    line.flags.settings_in(world_variable.map(OsString::from)).map_err(|error| error.to_string())
}

#[test]
fn without_flags_the_defaults_hold() {
    let (given, default) = (settings(&[], None).unwrap(), Settings::default());
    assert_eq!(format!("{given:?}"), format!("{default:?}"));
    assert_eq!(given.root_secret_access_key, default.root_secret_access_key);
}

#[test]
fn every_flag_is_heard() {
    let given = settings(
        &[
            "--listen=[::1]:0",
            "--ephemeral",
            "--world=a.json",
            "--world=b:c.json",
            "--account-id=111122223333",
            "--region=eu-west-1",
            "--root-access-key-id=AKIAROOT",
            "--root-secret-access-key=s/e+c",
            "--enforcement=observe",
            "--resources=assume",
            "--preflight=aws",
            "--pace=manual",
        ],
        Some("ignored.json"),
    )
    .unwrap();
    assert_eq!(given.listen, "[::1]:0".parse().unwrap());
    assert_eq!(given.store, StoreLocation::Ephemeral);
    assert_eq!(given.worlds, [PathBuf::from("a.json"), PathBuf::from("b:c.json")]);
    assert_eq!(given.account.to_string(), "111122223333");
    assert_eq!(given.region, "eu-west-1");
    assert_eq!(given.root_access_key_id, "AKIAROOT");
    assert_eq!(given.root_secret_access_key.expose(), "s/e+c");
    assert_eq!(given.enforcement, Enforcement::Observe);
    assert_eq!(given.resources, Resources::Assume);
    assert_eq!(given.preflight, Preflight::Aws);
    assert_eq!(given.pace, Pace::Manual);
}

#[test]
fn the_world_variable_lists_files() {
    let listed = std::env::join_paths(["a.json", "b.json"]).unwrap();
    let given = settings(&[], listed.to_str()).unwrap();
    assert_eq!(given.worlds, [PathBuf::from("a.json"), PathBuf::from("b.json")]);
}

#[test]
fn what_makes_no_sense_is_refused_by_name() {
    for (arguments, named) in [
        (&["--ephemeral", "--data-dir=d"][..], "`--ephemeral` (PASSROLE_EPHEMERAL) excludes `--data-dir`"),
        (&["--listen=nowhere"], "--listen"),
        (&["--account-id=12"], "--account-id"),
        (&["--region=US"], "--region"),
        (&["--root-access-key-id=a/b"], "--root-access-key-id"),
        (&["--enforcement=maybe"], "`maybe` is none of enforce, observe, off"),
        (&["--pace=fast"], "`fast` is none of instant, real, manual"),
    ] {
        let refusal = settings(arguments, None).unwrap_err();
        assert!(refusal.contains(named), "{arguments:?}: {refusal}");
    }
}

#[test]
fn what_is_in_force_is_said_without_the_secret() {
    let told = in_force(&Settings { root_secret_access_key: Secret::new("hunter2"), ..Settings::default() });
    for word in ["enforcement enforce", "preflight strict", "resources strict", "pace instant", ".passrole", "`test`"] {
        assert!(told.contains(word), "{word}: {told}");
    }
    assert!(!told.contains("hunter2"));
}
