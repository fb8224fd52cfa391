"""Live updates: what changed reaches the open pages at once.

    a view or task    publish.publish(channel, event, data)     after commit, over Redis
    the hub           hub.Hub, one a process: Redis -> its open streams
    a page            asks a view for a ticket (tickets.issue), opens GET /live/ with it

Updates are hints: whoever misses one asks PostgreSQL for everything after the last `seq` it has.
"""
