"""The client's page in words and figures: pure, from the details of an envelope to what is shown."""
