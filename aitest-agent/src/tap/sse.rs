/// Cuts a stream of server-sent events into the data of each:
/// <https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation>.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    /// The line that has not ended yet.
    line: Vec<u8>,
    /// The byte before was CR: a LF ends no line of its own.
    after_cr: bool,
    begun: bool,
    data: Option<String>,
}

impl Decoder {
    /// Takes what has come, wherever it was cut, and gives each event's data to `event`.
    pub(super) fn push(&mut self, bytes: &[u8], mut event: impl FnMut(String)) {
        for byte in bytes {
            let after_cr = std::mem::replace(&mut self.after_cr, *byte == b'\r');
            match byte {
                b'\n' if after_cr => {}
                b'\r' | b'\n' => self.end_line().into_iter().for_each(&mut event),
                byte => self.line.push(*byte),
            }
        }
    }

    /// The last event, if it did not end with a blank line.
    pub(super) fn finish(mut self) -> Option<String> {
        if !self.line.is_empty() {
            self.end_line();
        }
        self.data
    }

    /// Returns the data of the event that a blank line ends.
    fn end_line(&mut self) -> Option<String> {
        let line = std::mem::take(&mut self.line);
        let bom = if std::mem::replace(&mut self.begun, true) { None } else { line.strip_prefix(b"\xef\xbb\xbf") };
        let line = bom.unwrap_or(&line);
        if line.is_empty() {
            return self.data.take();
        }
        if let Some(value) = line.strip_prefix(b"data").filter(|rest| rest.is_empty() || rest[0] == b':') {
            let value = value.strip_prefix(b":").unwrap_or(value);
            let value = String::from_utf8_lossy(value.strip_prefix(b" ").unwrap_or(value));
            match &mut self.data {
                Some(data) => data.extend(["\n", &value]),
                None => self.data = Some(value.into_owned()),
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn events(pieces: &[&[u8]]) -> Vec<String> {
        let mut decoder = Decoder::default();
        let mut events = Vec::new();
        pieces.iter().for_each(|piece| decoder.push(piece, |event| events.push(event)));
        events.extend(decoder.finish());
        events
    }

    #[test]
    fn fields_comments_and_ends_of_lines() {
        let stream =
            "\u{feff}: comment\r\nevent: x\ndata: {\"a\":\ndata:1}\r\rid: 7\n\ndata\n\ndatabase: no\n\ndata: last";
        assert_eq!(events(&[stream.as_bytes()]), ["{\"a\":\n1}", "", "last"]);
        assert_eq!(events(&[b"data: a\r", b"\n\r\n", b"data: \xff\n\n"]), ["a", "\u{fffd}"]);
    }

    proptest! {
        #[test]
        fn events_are_the_same_wherever_they_are_cut(
            text in "(data: ?[a-zé]{0,3}|event: x|)(\r\n|\n|\r)(\r\n|\n|\r)?(data: [b-d]\n\n){0,3}(data: z)?",
            cuts in proptest::collection::vec(0_usize..60, 0..6),
        ) {
            let bytes = text.as_bytes();
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(bytes.len())).collect();
            cuts.sort_unstable();
            let ends = cuts.iter().copied().chain([bytes.len()]);
            let starts = [0].into_iter().chain(cuts.iter().copied());
            let pieces: Vec<&[u8]> = starts.zip(ends).map(|(start, end)| &bytes[start..end]).collect();
            prop_assert_eq!(events(&pieces), events(&[bytes]));
        }
    }
}
