//! The `passrole` command.

fn main() {}
