//! What people do on the platforms, brought to a handler and answered, through the real clients against the fakes.

mod slack;
