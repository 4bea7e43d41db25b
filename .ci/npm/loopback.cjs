// Servers under test listen on this machine alone. The handle is made first: with a host in its options, `listen` has
// no address yet when it returns, and the scenarios ask for it then.
const net = require("node:net");
const { listen } = net.Server.prototype;
net.Server.prototype.listen = function (port, ...rest) {
  if (typeof port !== "number" && !/^\d+$/.test(port)) return listen.call(this, port, ...rest);
  const callback = rest.find((argument) => typeof argument === "function");
  return listen.call(this, net._createServerHandle("127.0.0.1", Number(port), 4), callback);
};
