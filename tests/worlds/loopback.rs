//! What the fake chat platforms share: a loopback server that can vanish and come back on its port,
//! and faults that a test scripts. Nothing here sleeps.

use std::net::{Shutdown, SocketAddr};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::connect_info::Connected;
use axum::response::Response;
use axum::serve::{IncomingStream, Listener};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

/// A router served on a port of its own.
pub struct Loopback {
    address: SocketAddr,
    app: Router,
    running: Mutex<Option<Running>>,
}

struct Running {
    task: JoinHandle<()>,
    plugs: Arc<Mutex<Vec<Plug>>>,
}

impl Loopback {
    /// Serves on a free port.
    pub async fn start(app: Router) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let loopback = Self { address, app, running: Mutex::new(None) };
        loopback.serve(listener);
        loopback
    }

    /// `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Closes the port and every connection: connecting is refused from now on.
    pub async fn stop(&self) {
        let Some(running) = self.running.lock().unwrap().take() else { return };
        running.task.abort();
        let _ = running.task.await;
        running.plugs.lock().unwrap().iter().for_each(Plug::pull);
    }

    /// Serves again on the same port.
    pub async fn restart(&self) {
        self.stop().await;
        self.serve(TcpListener::bind(self.address).await.unwrap());
    }

    fn serve(&self, listener: TcpListener) {
        let plugs = Arc::new(Mutex::new(Vec::new()));
        let tapped = Tapped { listener, plugs: Arc::clone(&plugs) };
        let service = self.app.clone().into_make_service_with_connect_info::<Plug>();
        let task = tokio::spawn(async move {
            axum::serve(tapped, service).await.unwrap();
        });
        *self.running.lock().unwrap() = Some(Running { task, plugs });
    }
}

impl Drop for Loopback {
    fn drop(&mut self) {
        if let Some(running) = self.running.lock().unwrap().take() {
            running.task.abort();
        }
    }
}

/// The connection of a request, to be pulled out of the wall.
#[derive(Debug, Clone)]
pub struct Plug(Arc<std::net::TcpStream>);

impl Plug {
    /// Breaks the connection at once.
    pub fn pull(&self) {
        // The other side may have closed it first.
        let _ = self.0.shutdown(Shutdown::Both);
    }
}

struct Tapped {
    listener: TcpListener,
    plugs: Arc<Mutex<Vec<Plug>>>,
}

impl Listener for Tapped {
    type Io = TcpStream;
    type Addr = Plug;

    async fn accept(&mut self) -> (TcpStream, Plug) {
        let (stream, _) = self.listener.accept().await.unwrap();
        let stream = stream.into_std().unwrap();
        let plug = Plug(Arc::new(stream.try_clone().unwrap()));
        self.plugs.lock().unwrap().push(plug.clone());
        (TcpStream::from_std(stream).unwrap(), plug)
    }

    fn local_addr(&self) -> std::io::Result<Plug> {
        Err(std::io::ErrorKind::Unsupported.into())
    }
}

impl Connected<IncomingStream<'_, Tapped>> for Plug {
    fn connect_info(stream: IncomingStream<'_, Tapped>) -> Self {
        stream.remote_addr().clone()
    }
}

/// An answer that a test writes itself.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: String,
}

impl Answer {
    /// A status with a JSON body.
    pub fn json(status: u16, body: &serde_json::Value) -> Self {
        Self {
            status,
            headers: vec![("content-type", "application/json".to_owned())],
            body: body.to_string(),
        }
    }

    /// A status with a page, as a gateway in front of the platform answers.
    pub fn html(status: u16) -> Self {
        let headers = vec![("content-type", "text/html".to_owned())];
        Self { status, headers, body: "<html>gateway</html>".to_owned() }
    }

    /// The same with one more header.
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    pub fn into_response(self) -> Response {
        let mut response = Response::builder().status(self.status);
        for (name, value) in self.headers {
            response = response.header(name, value);
        }
        response.body(Body::from(self.body)).unwrap()
    }
}

/// What goes wrong with one request.
#[derive(Clone)]
pub enum Fault {
    /// Answers so and does nothing.
    Refuse(Answer),
    /// Does it, then answers so.
    DoThenAnswer(Answer),
    /// Breaks the connection before doing anything.
    CutBefore,
    /// Does it, then breaks the connection.
    CutAfter,
    /// Does it, and keeps the answer back until it is released.
    Hold(Held),
}

/// An answer that is kept back.
#[derive(Clone)]
pub struct Held {
    reached: Arc<Semaphore>,
    released: Arc<Semaphore>,
}

impl Held {
    pub fn new() -> Self {
        Self { reached: Arc::new(Semaphore::new(0)), released: Arc::new(Semaphore::new(0)) }
    }

    /// Waits until the request has had its effect.
    pub async fn reached(&self) {
        self.reached.acquire().await.unwrap().forget();
    }

    /// Lets the answer go.
    pub fn release(&self) {
        self.released.add_permits(1);
    }

    /// Says that it has been reached, and waits to be released.
    pub async fn wait(&self) {
        self.hold().await;
    }

    async fn hold(&self) {
        self.reached.add_permits(1);
        self.released.acquire().await.unwrap().forget();
    }
}

/// Scripted faults, each for one request: of a channel, or of whichever comes next. Behind them, bad weather.
#[derive(Default)]
pub struct Faults {
    script: Mutex<Vec<(Option<String>, Fault)>>,
    share: Mutex<Option<Share>>,
    weather: Mutex<Option<Box<Weather>>>,
}

/// Faults that a share of all requests meets.
struct Share {
    random: fastrand::Rng,
    part: f64,
    faults: Vec<Fault>,
    met: usize,
}

/// Says of each request what goes wrong with it.
type Weather = dyn FnMut() -> Option<Fault> + Send;

impl Faults {
    /// The next request to this channel meets the fault.
    pub fn on(&self, channel: &str, fault: Fault) {
        self.script.lock().unwrap().push((Some(channel.to_owned()), fault));
    }

    /// The next request to any channel meets the fault.
    pub fn next(&self, fault: Fault) {
        self.script.lock().unwrap().push((None, fault));
    }

    /// Asks this of each request that no scripted fault waits for, for the rest of the test.
    pub fn weather(&self, weather: impl FnMut() -> Option<Fault> + Send + 'static) {
        *self.weather.lock().unwrap() = Some(Box::new(weather));
    }

    /// Of the requests that meet no other fault this share meets one of these, by chance with a seed.
    pub fn share(&self, share: f64, seed: u64, faults: &[Fault]) {
        let random = fastrand::Rng::with_seed(seed);
        *self.share.lock().unwrap() = Some(Share { random, part: share, faults: faults.to_vec(), met: 0 });
    }

    /// Requests that met a fault by chance.
    pub fn met(&self) -> usize {
        self.share.lock().unwrap().as_ref().map_or(0, |share| share.met)
    }

    /// Faults that no request has met yet.
    pub fn left(&self) -> usize {
        self.script.lock().unwrap().len()
    }

    fn take(&self, channel: &str) -> Option<Fault> {
        let mut queue = self.script.lock().unwrap();
        if let Some(at) = queue.iter().position(|(of, _)| of.as_deref().is_none_or(|of| of == channel)) {
            return Some(queue.remove(at).1);
        }
        if let Some(Share { random, part, faults, met }) = self.share.lock().unwrap().as_mut()
            && random.f64() < *part
        {
            *met += 1;
            return Some(faults[random.usize(..faults.len())].clone());
        }
        self.weather.lock().unwrap().as_mut().and_then(|weather| weather())
    }

    /// Lets a request have its effect and answers it, as the script says.
    pub async fn answer(&self, channel: &str, plug: &Plug, effect: impl FnOnce() -> Response) -> Response {
        match self.take(channel) {
            None => effect(),
            Some(Fault::Refuse(answer)) => answer.into_response(),
            Some(Fault::DoThenAnswer(answer)) => {
                effect();
                answer.into_response()
            }
            Some(Fault::CutBefore) => {
                plug.pull();
                Response::default()
            }
            Some(Fault::CutAfter) => {
                effect();
                plug.pull();
                Response::default()
            }
            Some(Fault::Hold(held)) => {
                let response = effect();
                held.hold().await;
                response
            }
        }
    }
}
