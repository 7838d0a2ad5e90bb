"""One sync: its selection, its parts, the engine that runs them, its progress and its ending."""
