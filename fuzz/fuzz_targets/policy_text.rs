//! Any text as a policy of every type: `cargo fuzz run policy_text`.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Err(wrong) = passrole::policy::probe::policy_text(text) {
        panic!("{wrong}");
    }
});
