mod uses;

pub use uses::{On, hang, hung_on, rehang};
