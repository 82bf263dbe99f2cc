// The calls are made by the test, as the role of this function.
exports.handler = async (event) => event;
