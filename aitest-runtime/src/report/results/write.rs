use std::io::{self, BufWriter, Write};

use super::Results;

/// Writes `results` as one JSON document and a line break, piece by piece: nothing of it is held in memory.
///
/// # Errors
/// `out` cannot be written to.
pub fn write_json(results: &Results<'_>, out: impl Write) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(64 * 1024, out);
    serde_json::to_writer(&mut out, results)?;
    out.write_all(b"\n")?;
    out.flush()
}
