mod uses;

pub use uses::{On, any_on, hang, hung_on, let_go, rehang};
