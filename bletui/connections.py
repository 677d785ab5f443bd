"""Who may use a lane next: a pure state machine."""
