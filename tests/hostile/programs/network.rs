// Opens a port, which succeeds wherever there are sockets at all.
fn main() {
    let tcp = std::net::TcpListener::bind("127.0.0.1:0").is_ok();
    let udp = std::net::UdpSocket::bind("127.0.0.1:0").is_ok();
    println!("{}", if tcp || udp { "escaped" } else { "7" });
}
