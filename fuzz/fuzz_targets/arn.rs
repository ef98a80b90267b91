//! Any text as an ARN and as a pattern for ARNs: `cargo fuzz run arn`.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Err(wrong) = passrole::policy::probe::arn(text) {
        panic!("{wrong}");
    }
});
