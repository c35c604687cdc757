-- Closed baskets of a day, for replays.
CREATE INDEX event_closed ON event (day, event_id) WHERE type = 'basket.closed';
