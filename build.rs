//! Rebuilds when a migration is added: `sqlx::migrate!` embeds the folder and does not see new files by itself.
fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
