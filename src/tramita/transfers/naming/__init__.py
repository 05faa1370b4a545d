"""What things of an application are called, by the Mini App and by the console alike."""
