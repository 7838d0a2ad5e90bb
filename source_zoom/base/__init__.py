"""What every other room builds on: the form, the calendar, and the base class of all errors."""
