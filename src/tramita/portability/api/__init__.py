"""HTTP of portability: envelopes for partners, the seed's two paths, and the socket."""
