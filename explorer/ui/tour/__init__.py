"""The guided tour through the sample image."""
