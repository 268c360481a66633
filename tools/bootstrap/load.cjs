// A file of its own, because the oldest Node cannot read these words; it is not asked to.
module.exports = import('./main.mjs')
