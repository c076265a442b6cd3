//! What is trending, held against the worked example of the documentation and over recorded days.

mod documented;
mod recorded;
