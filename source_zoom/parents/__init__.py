"""What tables depend on: users, scheduled meetings and webinars, past occurrences. Each list is read once in a sync."""
