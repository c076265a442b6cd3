//! How a command ends: the sentence a person reads and the code a program reads.

use std::process::ExitCode;

/// Why a command did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// What was typed or configured cannot be used.
    #[error("{0}")]
    Usage(String),
    /// What was asked for is not there.
    #[error("{0}")]
    NotFound(String),
    /// The answer is no, and has been printed as every answer is.
    #[error("no")]
    No,
    /// Something went wrong on the way.
    #[error(transparent)]
    Failed(#[from] anyhow::Error),
}

impl From<std::io::Error> for CliError {
    fn from(error: std::io::Error) -> Self {
        Self::Failed(error.into())
    }
}

impl From<crate::store::StoreError> for CliError {
    fn from(error: crate::store::StoreError) -> Self {
        Self::Failed(error.into())
    }
}

impl CliError {
    /// Prints the error and gives its exit code.
    pub fn report(&self) -> ExitCode {
        let (code, text) = match self {
            // A closed pipe (`paperwire papers list | head`) is no failure.
            Self::Failed(error) if is_broken_pipe(error) => return ExitCode::SUCCESS,
            Self::No => return ExitCode::FAILURE,
            Self::Failed(error) => (1, told_once(error)),
            Self::Usage(text) => (2, text.clone()),
            Self::NotFound(text) => (3, text.clone()),
        };
        let (red, reset) = (anstyle::AnsiColor::Red.on_default().bold(), anstyle::Reset);
        anstream::eprintln!("{red}error:{reset} {text}");
        ExitCode::from(code)
    }
}

/// The causes in order, without those that the sentence before has told already.
fn told_once(error: &anyhow::Error) -> String {
    let mut told = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if !told.contains(&cause) {
            told = if told.is_empty() { cause } else { format!("{told}: {cause}") };
        }
    }
    told
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<std::io::Error>())
        .any(|cause| cause.kind() == std::io::ErrorKind::BrokenPipe)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_that_is_told_already_is_not_told_again() {
        let refused = std::io::Error::other("connection refused");
        let error =
            anyhow::Error::new(refused).context("no database: connection refused").context("cannot open");
        assert_eq!(told_once(&error), "cannot open: no database: connection refused");
    }
}
