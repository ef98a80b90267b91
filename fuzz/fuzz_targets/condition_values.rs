//! Any two texts as the values of a condition: `cargo fuzz run condition_values`.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|values: (&str, &str)| {
    if let Err(wrong) = passrole::policy::probe::condition_values(values.0, values.1) {
        panic!("{wrong}");
    }
});
