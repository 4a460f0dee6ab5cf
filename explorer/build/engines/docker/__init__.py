"""Docker Engine: its HTTP API, with BuildKit inside it where it has that, the classic builder else.

::

    engine    a build: bases in, context in, events out, result out
    api       the parts of the API that are used
    query     a request as the API takes it
    trace     BuildKit's messages, protocol buffers in the engine's answer
    classic   the lines of the classic builder
    placing   where the Dockerfile is in what is sent

The API is spoken without a session, so that a build needs one request; what takes a session
(secrets, SSH agents, named contexts) needs docker buildx, which is used where it is installed.
"""
