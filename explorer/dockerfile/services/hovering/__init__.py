"""The parts of hover, one module for each kind of thing that is explained."""
