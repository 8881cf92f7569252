/** The server. The backends are services, which an image or a command line adds. */
module org.example.server {
    requires dev.pollux.runtime;
}
