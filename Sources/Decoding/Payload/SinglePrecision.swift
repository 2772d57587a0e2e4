extension Double {
    /// The decimal number that went through single precision on its way, as in 27.200000762939453, which was 27.2.
    ///
    /// Safe for numbers that did not: only a number that single precision holds exactly is changed, and only to a decimal
    /// of at most six digits whose nearest single-precision number it is. Of those there is one for each (FLT_DIG), so
    /// that nothing is lost, and whole numbers and short binary fractions such as 25.5 are their own.
    var withoutSinglePrecisionNoise: Double {
        let single = Float(self)
        guard Double(single) == self, self != rounded() else { return self }
        var scale = 10.0
        while scale <= 1e9 {
            let digits = (self * scale).rounded()
            guard abs(digits) < 1e6 else { return self }
            if Float(digits / scale) == single { return digits / scale }
            scale *= 10
        }
        return self
    }
}
