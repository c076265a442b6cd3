//! A line between a process and a server that a test can cut, refuse, slow down or let go deaf.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, tcp::ReadHalf, tcp::WriteHalf};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// How the line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Everything gets through.
    Pass,
    /// Everything gets through, each piece later by this.
    Delay(Duration),
    /// What is connected is reset, and what connects is reset at once.
    Cut,
    /// What is connected is reset, and nobody listens any more.
    Refuse,
    /// What is connected stays so, and what connects is accepted; nothing gets through, in neither direction.
    Blackhole,
}

#[derive(Debug, Clone, Copy)]
struct Line {
    mode: Mode,
    /// Grows with every fail-over; connections of an earlier one are deaf, whatever the mode.
    generation: u64,
}

/// A running line; it ends with its test.
pub struct Proxy {
    address: SocketAddr,
    line: watch::Sender<Line>,
    task: JoinHandle<()>,
}

impl Proxy {
    /// Starts a line to a server.
    pub async fn to(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (line, seen) = watch::channel(Line { mode: Mode::Pass, generation: 0 });
        let task = tokio::spawn(accept(listener, server, seen));
        Self { address, line, task }
    }

    /// The port to connect to in place of the server's.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Changes the line for all connections, those that stand and those to come.
    pub fn set(&self, mode: Mode) {
        self.line.send_modify(|line| line.mode = mode);
    }

    /// Lets every connection that stands go deaf for good, while new ones get through: a server whose address
    /// another has taken over.
    pub fn fail_over(&self) {
        self.line.send_modify(|line| *line = Line { mode: Mode::Pass, generation: line.generation + 1 });
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, server: SocketAddr, mut line: watch::Receiver<Line>) {
    let address = listener.local_addr().unwrap();
    let mut listener = Some(listener);
    loop {
        let mode = line.borrow_and_update().mode;
        if mode == Mode::Refuse {
            listener = None;
            if line.changed().await.is_err() {
                return;
            }
            continue;
        }
        let open = match listener.take() {
            Some(open) => open,
            None => TcpListener::bind(address).await.unwrap(),
        };
        tokio::select! {
            accepted = open.accept() => {
                let (client, _) = accepted.unwrap();
                tokio::spawn(carry(client, server, line.clone()));
            }
            changed = line.changed() => if changed.is_err() { return },
        }
        listener = Some(open);
    }
}

/// Carries one connection until it ends or is reset.
async fn carry(client: TcpStream, server: SocketAddr, mut line: watch::Receiver<Line>) {
    let mut client = client;
    let born = line.borrow_and_update().generation;
    if line.borrow().mode == Mode::Cut {
        let _ = client.set_zero_linger();
        return;
    }
    let Ok(mut upstream) = TcpStream::connect(server).await else { return };
    let reset = {
        let (client_read, client_write) = client.split();
        let (server_read, server_write) = upstream.split();
        tokio::select! {
            () = pump(client_read, server_write, line.clone(), born) => false,
            () = pump(server_read, client_write, line.clone(), born) => false,
            () = until_cut(&mut line) => true,
        }
    };
    if reset {
        let _ = client.set_zero_linger();
    }
}

async fn until_cut(line: &mut watch::Receiver<Line>) {
    // The test that holds the other end may have ended; then the connection ends with its peers.
    if line.wait_for(|line| matches!(line.mode, Mode::Cut | Mode::Refuse)).await.is_err() {
        std::future::pending::<()>().await;
    }
}

async fn pump(mut from: ReadHalf<'_>, mut to: WriteHalf<'_>, line: watch::Receiver<Line>, born: u64) {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let read = from.read(&mut buffer).await;
        let now = *line.borrow();
        let deaf = now.generation != born || now.mode == Mode::Blackhole;
        match read {
            // A deaf line does not tell of the end either.
            Ok(0) | Err(_) if deaf => std::future::pending::<()>().await,
            Ok(0) | Err(_) => return,
            Ok(_) if deaf => {}
            Ok(count) => {
                if let Mode::Delay(by) = now.mode {
                    tokio::time::sleep(by).await;
                }
                if to.write_all(&buffer[..count]).await.is_err() {
                    return;
                }
            }
        }
    }
}

#[tokio::test]
async fn the_line_does_what_it_is_told() {
    let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = server.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = server.accept().await {
            tokio::spawn(async move {
                let (mut read, mut write) = stream.split();
                let _ = tokio::io::copy(&mut read, &mut write).await;
            });
        }
    });
    let proxy = Proxy::to(address).await;
    let connect = || TcpStream::connect(("127.0.0.1", proxy.port()));
    let echo = async |stream: &mut TcpStream| {
        let mut byte = [0];
        stream.write_all(b"x").await?;
        stream.read_exact(&mut byte).await
    };
    let short = Duration::from_millis(200);
    let mut old = connect().await.unwrap();
    assert!(echo(&mut old).await.is_ok());
    proxy.fail_over();
    assert!(tokio::time::timeout(short, echo(&mut old)).await.is_err(), "it is deaf");
    let mut new = connect().await.unwrap();
    assert!(echo(&mut new).await.is_ok());
    proxy.set(Mode::Blackhole);
    assert!(tokio::time::timeout(short, echo(&mut new)).await.is_err(), "it is deaf");
    proxy.set(Mode::Cut);
    assert!(echo(&mut new).await.is_err());
    proxy.set(Mode::Refuse);
    let refused = async {
        while connect().await.is_ok() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), refused).await.expect("nobody listens");
    proxy.set(Mode::Delay(short));
    let back = async {
        loop {
            if let Ok(stream) = connect().await {
                return stream;
            }
            tokio::task::yield_now().await;
        }
    };
    let mut back = tokio::time::timeout(Duration::from_secs(10), back).await.expect("it listens again");
    let since = std::time::Instant::now();
    assert!(echo(&mut back).await.is_ok() && since.elapsed() >= short);
}
