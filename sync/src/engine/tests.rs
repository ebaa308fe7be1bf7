//! The engine between real stores.
