import CCurl

extension HTTPClient {
    /// Source: curl_easy_setopt(3).
    /// - Returns: the first failure.
    func setOptions(
        _ handle: UnsafeMutableRawPointer, for request: HTTPRequest, to address: HTTPAddress
    ) -> CURLcode {
        let setter = OptionSetter(handle: handle)
        setter.set(CURLOPT_URL, address.url)
        setMethod(setter, request)
        setLimits(setter)
        setReach(setter)
        setTrust(setter)
        return setter.code
    }

    private func setMethod(_ setter: OptionSetter, _ request: HTTPRequest) {
        if request.method == .get && request.body.isEmpty {
            setter.set(CURLOPT_HTTPGET, 1)
        } else if request.method == .delete && request.body.isEmpty {
            setter.set(CURLOPT_HTTPGET, 1)
            setter.set(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
        } else {
            // Other methods with a body are posts of another name.
            setter.set(CURLOPT_POST, 1)
            setter.set(CURLOPT_POSTFIELDSIZE, request.body.count)
            if request.method != .post { setter.set(CURLOPT_CUSTOMREQUEST, request.method.rawValue) }
        }
    }

    private func setLimits(_ setter: OptionSetter) {
        setter.set(CURLOPT_CONNECTTIMEOUT_MS, options.connectMilliseconds)
        setter.set(CURLOPT_TIMEOUT_MS, options.totalMilliseconds)
        setter.set(CURLOPT_LOW_SPEED_TIME, options.slowSeconds)
        setter.set(CURLOPT_LOW_SPEED_LIMIT, options.leastBytesPerSecond)
        // The callback that ends a request is part of the progress meter.
        setter.set(CURLOPT_NOPROGRESS, 0)
        // Signals are the process's.
        setter.set(CURLOPT_NOSIGNAL, 1)
        // Else it waits for a name server's answer although it has given up.
        setter.set(CURLOPT_QUICK_EXIT, 1)
        setter.set(CURLOPT_MAXCONNECTS, 1)
        setter.set(CURLOPT_TCP_KEEPALIVE, 1)
    }

    private func setReach(_ setter: OptionSetter) {
        setter.set(CURLOPT_HTTP_VERSION, poort_curl_http_2_over_tls)
        setter.set(CURLOPT_PROTOCOLS_STR, "http,https")
        setter.set(CURLOPT_FOLLOWLOCATION, 0)
        setter.set(CURLOPT_PATH_AS_IS, 1)
        setter.set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1)
        setter.set(CURLOPT_USERAGENT, options.userAgent)
        // Empty is none; without these the environment would be asked.
        setter.set(CURLOPT_PROXY, options.proxy ?? "")
        setter.set(CURLOPT_NOPROXY, "")
        // A proxy that only passes bytes on sees no header of ours, and we none of its.
        setter.set(CURLOPT_HEADEROPT, poort_curl_header_separate)
        setter.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
    }

    private func setTrust(_ setter: OptionSetter) {
        setter.set(CURLOPT_SSL_VERIFYPEER, 1)
        setter.set(CURLOPT_SSL_VERIFYHOST, 2)
        setter.set(CURLOPT_SSLVERSION, poort_curl_tls_1_2)
        if let file = options.caFile {
            setter.set(CURLOPT_CAINFO, file)
            // Else the system's authorities would do as well.
            setter.set(CURLOPT_CAPATH, nil)
        }
        if let file = options.certificateFile { setter.set(CURLOPT_SSLCERT, file) }
        if let file = options.keyFile {
            setter.set(CURLOPT_SSLKEY, file)
            // Else OpenSSL asks at the terminal for a key that has a passphrase.
            setter.set(CURLOPT_KEYPASSWD, "")
        }
    }
}

/// Sets one option after another and keeps the first failure.
private final class OptionSetter {
    let handle: UnsafeMutableRawPointer
    private(set) var code = CURLE_OK

    init(handle: UnsafeMutableRawPointer) {
        self.handle = handle
    }

    func set(_ option: CURLoption, _ number: Int) {
        if code == CURLE_OK { code = poort_curl_set_number(handle, option, number) }
    }

    func set(_ option: CURLoption, _ text: String?) {
        if code == CURLE_OK { code = poort_curl_set_text(handle, option, text) }
    }
}
