//! A real SMTP server in a process of its own, which reads every letter as a strict mail program does.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Mutex, OnceLock};
use std::time::Duration;

use paperwire::chat::email::{Security, SmtpConfig};
use serde::Deserialize;
use serde_json::Value;
use tempfile::TempDir;

/// Python is slow to start on a busy machine.
const ANSWERS_WITHIN: Duration = Duration::from_mins(1);
pub const PASSWORD: &str = "correct-horse";

/// A letter as the server took it and as a mail program reads it.
#[derive(Debug, Clone, Deserialize)]
pub struct Taken {
    pub from: String,
    pub to: Vec<String>,
    pub tls: bool,
    pub user: Option<String>,
    pub raw: String,
    pub headers: std::collections::BTreeMap<String, String>,
    #[serde(rename = "type")]
    pub kind: String,
    pub text: String,
    pub html: Option<String>,
    /// Everything that is against the rules of mail or HTML.
    pub problems: Vec<String>,
}

/// The server; it ends with its standard input.
pub struct Peer {
    child: Child,
    talk: Mutex<(ChildStdin, Receiver<Value>)>,
    letters: Mutex<Vec<Taken>>,
    pub port: u16,
    security: Security,
}

impl Peer {
    /// Starts one that is reached this way.
    pub fn start(security: Security) -> Self {
        let way = match security {
            Security::Plain => "plain",
            Security::StartTls => "starttls",
            Security::Tls => "tls",
        };
        let python = std::env::var("PAPERWIRE_PYTHON").unwrap_or_else(|_| "python3".to_owned());
        let mut child = Command::new(python)
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/worlds/smtp/peer.py"))
            .arg(way)
            .args([certificate(), certificate().with_file_name("key.pem")])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("python3 runs the SMTP server: ./scripts/test installs it");
        let (input, output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let (row, rows) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                let _ = row.send(serde_json::from_str(&line).unwrap());
            }
        });
        let first: Value = rows.recv_timeout(ANSWERS_WITHIN).expect(
            "the SMTP server did not start: ./scripts/test makes a Python with aiosmtpd and html5lib and names it in \
             PAPERWIRE_PYTHON",
        );
        let port = u16::try_from(first["port"].as_u64().unwrap()).unwrap();
        Self { child, talk: Mutex::new((input, rows)), letters: Mutex::default(), port, security }
    }

    /// How to reach it.
    pub fn config(&self) -> SmtpConfig {
        let plain = self.security == Security::Plain;
        SmtpConfig {
            host: "localhost".to_owned(),
            port: self.port,
            security: self.security,
            credentials: (!plain).then(|| ("papers".to_owned(), PASSWORD.into())),
            ca: Some(std::fs::read(certificate()).unwrap()),
            timeout: Duration::from_secs(20),
            data_timeout: Duration::from_secs(20),
        }
    }

    /// The next conversation ends like this: at `ehlo`, `mail`, `rcpt` or `data` with these words, or after the
    /// letter was taken with a `drop` or in `silence`.
    pub fn fault(&self, fault: &str) {
        self.tell(format!("fault {fault}\n").as_bytes());
    }

    /// What is against the rules of HTML in a document.
    pub fn html_errors(&self, html: &str) -> Value {
        self.tell(format!("check {}\n{html}", html.len()).as_bytes()).unwrap()
    }

    /// The letters taken so far.
    pub fn letters(&self) -> Vec<Taken> {
        self.tell(b"sync\n");
        self.letters.lock().unwrap().clone()
    }

    fn tell(&self, line: &[u8]) -> Option<Value> {
        let mut talk = self.talk.lock().unwrap();
        talk.0.write_all(line).unwrap();
        talk.0.flush().unwrap();
        let mut answer = None;
        loop {
            let row = talk.1.recv_timeout(ANSWERS_WITHIN).expect("the SMTP server answers");
            if let Some(letter) = row.get("letter") {
                self.letters.lock().unwrap().push(serde_json::from_value(letter.clone()).unwrap());
            } else if let Some(html) = row.get("html") {
                answer = Some(html.clone());
            } else {
                return answer;
            }
        }
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A certificate for “localhost” that nobody has signed but itself; its key lies beside it.
pub fn certificate() -> PathBuf {
    static FOLDER: OnceLock<TempDir> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let made = Command::new("openssl")
            .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"])
            .args(["-days", "30", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"])
            .args(["-addext", "basicConstraints=critical,CA:FALSE"])
            .arg("-keyout")
            .arg(folder.path().join("key.pem"))
            .arg("-out")
            .arg(folder.path().join("cert.pem"))
            .output()
            .expect("openssl makes the certificate: ./scripts/test installs it");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        folder
    });
    folder.path().join("cert.pem")
}
