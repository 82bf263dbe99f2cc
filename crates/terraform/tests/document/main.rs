//! Documents from the outside: built, linked and rendered as lowering does it.
#[cfg(test)]
mod determinism;
#[cfg(test)]
mod escaping;
#[cfg(test)]
mod golden;
#[cfg(test)]
mod linking;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod shapes;
