//! Background work: asked for in the change's transaction, done once, tried again, parked; and those who do it, who
//! stop, stall and are killed.

mod chaos;
mod desk;
mod kit;
mod leases;
mod once;
mod outbox;
mod processes;
mod queues;
mod runs;
mod timers;
