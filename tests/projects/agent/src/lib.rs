//! Agents against the embedded model.
