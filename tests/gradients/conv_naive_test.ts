import { convBackwardNaive, convForwardNaive } from "../../layers/mod.ts";
import { convSuite } from "./_conv_suite.ts";

convSuite("naive convolution", { forward: convForwardNaive, backward: convBackwardNaive });
