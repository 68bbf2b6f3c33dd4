"""The parts of `run` beside this folder: hubs and peers as real processes, what is measured of them, and how it is
told. Python's own library is enough."""
