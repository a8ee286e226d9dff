"""The judge: every emitted file is shown to the real tool that reads it."""
