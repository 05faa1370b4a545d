"""What the Mini App's pages say, from how things stand. Pure, without the web."""
