//! The binary as a process of its own.

use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;

const BINARY: &str = env!("CARGO_BIN_EXE_paperwire");

/// A running `paperwire serve`; killed when a test drops it.
pub struct Serve {
    child: Child,
    log: Arc<Mutex<String>>,
    reader: JoinHandle<()>,
}

pub fn command(environment: Vec<(&'static str, String)>) -> Command {
    let mut command = Command::new(BINARY);
    let kept = std::env::vars().filter(|(name, _)| !name.starts_with("PAPERWIRE__"));
    command.env_clear().envs(kept).envs(environment).kill_on_drop(true).stdin(Stdio::null());
    command
}

/// Runs a command to its end, which must be a good one, and returns what it printed.
pub async fn run(environment: Vec<(&'static str, String)>, arguments: &[&str]) -> String {
    let output = command(environment).args(arguments).output().await.unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "paperwire {arguments:?}: {errors}");
    String::from_utf8(output.stdout).unwrap()
}

impl Serve {
    pub fn start(environment: Vec<(&'static str, String)>) -> Self {
        let mut child =
            command(environment).arg("serve").stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        let log = Arc::new(Mutex::new(String::new()));
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let kept = Arc::clone(&log);
        let reader = tokio::spawn(async move {
            while let Ok(Some(line)) = lines.next_line().await {
                kept.lock().unwrap().push_str(&(line + "\n"));
            }
        });
        Self { child, log, reader }
    }

    /// What it has logged so far.
    pub fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// Asks it to stop, as a service manager does, and waits for its end.
    pub async fn stop(self) -> ExitStatus {
        self.tell_to_stop().await;
        self.ended().await.0
    }

    /// Asks it to stop, as a service manager does.
    pub async fn tell_to_stop(&self) {
        let id = self.child.id().expect("it runs until it is told to stop").to_string();
        Command::new("kill").args(["-TERM", &id]).status().await.unwrap();
    }

    /// Waits until it ends by itself, and returns how, and all it has logged.
    pub async fn ended(mut self) -> (ExitStatus, String) {
        let ended = async {
            let status = self.child.wait().await.unwrap();
            (&mut self.reader).await.unwrap();
            status
        };
        let status = tokio::time::timeout(Duration::from_secs(25), ended).await;
        let log = self.log();
        (status.unwrap_or_else(|_| panic!("it does not end:\n{log}")), log)
    }

    /// How it ended, when it has.
    #[cfg(feature = "crashpoints")]
    pub fn has_ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().unwrap()
    }

    /// Ends it without any warning.
    pub async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }
}
