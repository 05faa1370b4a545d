"""When what is due: pure rules, given everything they need."""
