"""Facts and answers that Zoom documents, for the unit tests, the end-to-end tests and the benchmark."""
