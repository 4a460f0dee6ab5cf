"""The guided tour of the sample: six steps that drive the viewer model."""
