//! The native kernel table of nndl: what `kernels/contracts.ts` describes, for float32 and float64.
//!
//! [`ffi`] has the exports; everything behind it is Rust over slices. Matrix products and
//! convolutions are built on [`simd`]; what is simple enough for the compiler to vectorise is plain
//! Rust compiled for several instruction sets by [`multiversion!`].

pub mod activations;
pub mod arguments;
pub mod conv;
pub mod cores;
pub mod cpu;
pub mod elementwise;
pub mod embedding;
pub mod ffi;
pub mod gemm;
pub mod loss;
pub mod lstm;
pub mod norm;
mod normal;
pub mod optim;
pub mod pool;
pub mod pooling;
pub mod random;
pub mod real;
pub mod scratch;
pub mod simd;
pub mod softmax;
pub mod status;
pub mod upsampling;
