"""Live updates: open pages see a change at once.

    a view or task    publish.publish(channel, event, data)     after commit, through Redis
    the hub           hub.Hub, one per process: Redis -> its open streams
    a page            gets a ticket from a view (tickets.issue), opens GET /live/ with it

Updates are hints: a page that misses one asks PostgreSQL for everything after its last `seq`.
"""
